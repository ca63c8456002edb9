Feature: Leaver
  When employment ends, every way in ends: sessions, tokens, sign-in, applications. On time, in order, for good.

  Rule: Access lasts to the end of the last day where the person works, and not longer

    @LV-01 @leaver @core @severity.critical @risk.session @kpi.deprov @ctl.TERM @ctl.SESS @seed.BM11 @seed.KD6
    @seed.P3-3 @seed.WF6 @seed.LC4 @needs.time @needs.login @needs.oidc
    Scenario Outline: Scheduled leaver keeps access until end of last day in the HR time zone, then loses it
      Given Dan works in Support in <site>
      And HR has recorded today as Dan's last day of work
      And Dan is signed in to Okta on two devices and to the portal 30 minutes before the day ends
      When Dan's last day ends where he works
      Then Dan kept everything until the last minute of the day
      And everything of Dan's is dead within "T5" of the disable and "T6" of the end
      And Dan stays shut out, also after a further processing cycle
      And nobody else's access has changed

      Examples:
        | site |
        | NYC  |
        | BER  |
        | AKL  |

  Rule: An involuntary end takes effect at once

    @LV-02 @leaver @core @severity.critical @risk.session @kpi.deprov @kpi.audit @ctl.TERM @ctl.SESS @seed.BM11
    @seed.KD6 @seed.RK3 @seed.K2 @seed.ACT3 @seed.ACT6 @needs.login @needs.oidc
    Scenario: Involuntary termination takes effect immediately
      Given Eva works in Sales in NYC
      And Eva is signed in to Okta on two devices and to the portal
      And somebody with a similar part in the company is signed in too
      When HR ends Eva's employment at once
      Then everything of Eva's is dead within "T5" of the disable and "T11" of the end
      And the other person's session is still served
      And Eva stays shut out, also after a further processing cycle
      And nobody else's access has changed

    @LV-03 @leaver @core @severity.critical @risk.session @kpi.deprov @ctl.TERM @ctl.SESS @seed.BM11 @seed.WF6 @seed.KD6
    @needs.login
    Scenario: Disable precedes revoke and there is no re-login window
      Given Finn works in Engineering in BLR
      And Finn is signed in to Okta on two devices
      When HR ends Finn's employment at once while Finn keeps signing in
      Then Finn could not open a session after the disable, and no session outlived the revocation
      And Finn stays shut out, also after a further processing cycle

  Rule: Applications are ended by their own engine, and their records are kept

    @LV-04 @leaver @core @severity.critical @risk.dueling @kpi.deprov @kpi.boundary @ctl.TERM @ctl.BOUND @seed.LC4
    @seed.LC9 @seed.LC14 @seed.KD2 @seed.BM5 @seed.P3-3 @needs.login @needs.scim
    Scenario: Downstream accounts are deactivated, kept and attributable
      Given Gus works in Finance in NYC
      And Gus has an account in Ledger and in Atlas
      And Gus is signed in to Okta on two devices
      When HR ends Gus's employment at once
      Then Gus's sessions and application accounts are dead within "T6" of the end, by tier
      And Gus's accounts in Ledger and Atlas are kept, inactive, and were written by their own engine only
      And Gus stays shut out, also after a further processing cycle
