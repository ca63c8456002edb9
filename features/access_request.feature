Feature: Access request
  What nobody must approve comes fast, what somebody must approve waits for the right person, what is refused never comes.

  Rule: Access without approval is there within four hours

    @AR-01 @request @core @severity.critical @risk.groupsync @risk.approval @kpi.request @kpi.prov @kpi.audit @ctl.REQ
    @seed.BM8 @seed.BM3 @seed.K4 @seed.P3-2 @seed.WF2 @seed.ACT8 @needs.login
    Scenario Outline: Auto-approved request is provisioned in Okta inside four hours
      Given Hedda works in <department> in <site>
      And Hedda is signed in to Okta on two devices
      When Hedda requests AP-Atlas-Editor
      Then AP-Atlas-Editor is the only thing added to Hedda's access, within "T4" of the request
      And SailPoint calls Hedda's request for AP-Atlas-Editor completed
      And Hedda can open Atlas
      And a further processing cycle changes nothing for Hedda
      And nobody else's access has changed

      Examples:
        | department | site |
        | Sales      | NYC  |
        | Finance    | BER  |

  Rule: Nothing happens until the right person has said yes

    @AR-02 @request @core @severity.critical @risk.approval @kpi.request @kpi.audit @ctl.REQ @seed.BM9 @seed.KD4 @seed.WF1
    @needs.appr
    Scenario: Manager-approved request waits for, and records, the right approver
      Given Ivo works in Engineering in BLR
      When Ivo requests AP-CRM-User
      Then Ivo's request for AP-CRM-User waits for the manager and nothing happens in Okta
      When Ivo's manager approves AP-CRM-User with "needed for the launch"
      Then AP-CRM-User is the only thing added to Ivo's access, within "T4" of the decision
      And SailPoint calls Ivo's request for AP-CRM-User completed
      And the decision on AP-CRM-User for Ivo names the manager, the time and "needed for the launch"
      And a further processing cycle changes nothing for Ivo

    @AR-04 @request @core @severity.critical @risk.approval @kpi.audit @ctl.REQ @seed.BM9 @needs.appr
    Scenario: Rejected request provisions nothing
      Given Jana works in Support in AKL
      When Jana requests AP-CRM-User
      And Jana's manager rejects AP-CRM-User with "not part of the job"
      Then nothing happens in Okta for Jana after AP-CRM-User was rejected
      And SailPoint records the rejection of AP-CRM-User for Jana with "not part of the job"
      And a further processing cycle changes nothing for Jana
      And nobody else's access has changed
