Feature: Joiner
  People who start get exactly what their work needs, on their first day and not before.

  Rule: The first day brings the birthright set, whole and nothing more

    A birthright role that misses a department, a group add that gets lost, a second engine that writes an
    application: each shows here as a set that differs from the policy.

    @JN-01 @joiner @core @severity.critical @risk.groupsync @kpi.prov @kpi.audit @ctl.JOIN @seed.BM1 @seed.BM2
    @seed.BM3 @seed.BM4 @seed.KD5 @seed.P3-1 @seed.LC1 @seed.WF5
    Scenario Outline: Employee with start date today receives exactly the birthright set
      Given Ada is about to join <department> in <site>
      And no system knows Ada yet
      When HR records that Ada starts today
      Then SailPoint holds Ada as one active identity within the "T1" promise
      And Ada holds exactly the birthright access within the "T2" promise
      And Ada's Okta profile says what HR says
      And each application account of Ada exists once and was written by its own engine
      And every change to Ada's access was ordered by SailPoint and made once by its connector
      And a further processing cycle changes nothing for Ada
      And nobody else's access has changed

      Examples:
        | department  | site |
        | Engineering | BLR  |
        | Sales       | NYC  |
        | Finance     | BER  |
        | Support     | AKL  |
        | IT          | NYC  |
        | People      | BER  |
        | Security    | HNL  |

  Rule: Nobody gets in before the first day

    @JN-02 @joiner @core @severity.critical @risk.session @kpi.prov @ctl.JOIN @seed.BM1 @seed.BM2 @seed.LC1 @seed.WF5
    @needs.login
    Scenario: Future-dated hire is pre-created but cannot sign in before the start date
      Given Ben is about to join Sales in NYC
      And no system knows Ben yet
      When HR records that Ben starts in 14 days
      Then SailPoint holds Ben as one prehire identity within the "T1" promise
      And Ben holds exactly the pre-hire access within the "T2" promise
      And Ben can neither sign in nor use any application for the settle window of "T2"
      And a further processing cycle leaves Ben a pre-hire
      And nobody else's access has changed
