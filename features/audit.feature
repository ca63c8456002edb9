Feature: Audit
  Every grant and every end can be followed back, by identifiers, to who asked, who allowed and what carried it out.

  Rule: A grant is traceable from request to use

    @AU-01 @audit @core @severity.critical @risk.audit @kpi.audit @ctl.AUD @ctl.REQ @seed.BM12 @seed.K5 @seed.RK6 @seed.P3-4
    @needs.appr @needs.login
    Scenario: Grant chain from request to use, joined by identifiers
      Given Ola works in Support in NYC
      And Ola is signed in to Okta on two devices
      When Ola requests AP-CRM-User
      And Ola's manager approves AP-CRM-User with "covers the sales desk"
      Then AP-CRM-User is the only thing added to Ola's access, within "T4" of the decision
      And Ola can open CRM SSO
      And the logs join Ola's request for AP-CRM-User, its approval, its order, its effect and its use of CRM SSO

  Rule: An end is traceable from HR to the revoked token

    @AU-02 @audit @core @severity.critical @risk.audit @risk.session @kpi.audit @kpi.deprov @ctl.AUD @ctl.TERM @seed.BM12
    @seed.K5 @seed.RK6 @seed.P3-4 @needs.login @needs.oidc
    Scenario: Termination chain from HR to token revocation
      Given Pia works in Sales in NYC
      And Pia is signed in to Okta and to the portal
      When HR ends Pia's employment at once
      Then everything of Pia's is dead within "T5" of the disable and "T6" of the end
      And the logs join Pia's end in HR, the disable, the session clear and the token revocation, in this order
