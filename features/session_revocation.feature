Feature: Session revocation
  A disabled account with a live session is still inside. Death is seen by asking, not by reading a log.

  Rule: Deprovisioning ends every session and token

    @SS-01 @session @core @severity.critical @risk.session @kpi.deprov @ctl.SESS @ctl.TERM @seed.BM11 @seed.RK3 @seed.K2
    @seed.ACT6 @seed.P3-3 @needs.login
    Scenario: Web sessions on two devices both die after deprovisioning
      Given Kim works in Support in HNL
      And Kim is signed in to Okta on two devices
      And somebody with a similar part in the company is signed in too
      When HR ends Kim's employment at once
      Then everything of Kim's is dead within "T5" of the disable and "T6" of the end
      And Okta's log shows that the workflow cleared Kim's sessions
      And the other person's session is still served

    @SS-02 @session @core @severity.critical @risk.session @kpi.deprov @ctl.SESS @ctl.TERM @seed.BM11 @seed.ACT6
    @needs.login @needs.oidc
    Scenario: Refresh token is refused after deprovisioning
      Given Lea works in Finance in BER
      And Lea is signed in to Okta and to the portal
      When HR ends Lea's employment at once
      Then everything of Lea's is dead within "T5" of the disable and "T6" of the end
      And Okta's log shows that the workflow revoked Lea's tokens
      And Lea's access token is no longer called active

  Rule: A hold keeps what it should keep, an end does not

    @SS-06 @session @core @severity.critical @risk.session @kpi.deprov @ctl.SESS @seed.ACT2 @seed.ACT3 @seed.ACT7 @seed.LC12
    @needs.login
    Scenario: Suspend and deactivate are told apart
      Given Max works in Sales in NYC
      And Max is signed in to Okta on two devices
      When Security puts Max on hold
      Then Max is suspended, keeps groups and applications, cannot sign in, and every session is dead within "T5"
      When Security lifts the hold on Max
      Then Max can sign in again, with exactly the access from before, and no old session lives
      When HR ends Max's employment at once
      Then everything of Max's is dead within "T5" of the disable and "T6" of the end
      And Max stays shut out, also after a further processing cycle

  Rule: The promise holds for many, at any moment of the schedule

    @SS-18 @session @core @severity.critical @risk.session @kpi.deprov @ctl.SESS @ctl.TERM @seed.K2 @seed.P3-3
    @needs.login @statistical
    Scenario: Deprovisioning latency distribution over n runs
      Given Nia works in Support in NYC
      And some moment of the schedule has come
      And Nia is signed in to Okta on two devices
      When HR ends Nia's employment at once
      Then everything of Nia's is dead within "T5" of the disable and "T6" of the end
