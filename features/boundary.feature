Feature: Provisioning boundary
  One application, one writer. SailPoint provisions what matters most; Okta only what the register excepts.

  Rule: Okta provisions no application of Tier 0 or Tier 1

    @BD-01 @boundary @core @severity.critical @risk.dueling @kpi.boundary @ctl.BOUND @seed.KD2 @seed.RK1 @seed.K3 @seed.BM5
    Scenario: No Tier-0/Tier-1 app has Okta provisioning switched on
      When every application of the org and of the register is read
      Then no application of Tier 0 or Tier 1 is provisioned by Okta
      And every application follows the register
