Feature: Mover
  A transfer replaces access: the new set comes, the old set goes, and nothing sticks.

  Rule: Old access does not survive a transfer

    @MV-01 @mover @core @severity.critical @risk.creep @risk.groupsync @kpi.prov @kpi.audit @ctl.MOVE @ctl.LEAST
    @seed.BM3 @seed.BM4 @seed.P3-1 @seed.LC3 @seed.ACT8 @seed.ACT9
    Scenario Outline: Department transfer adds the new set and removes the old set
      Given Cora works in <from> in <site>
      When HR moves Cora to <to>
      Then Cora's new access is there within "T7-in" and the old access gone within "T7-out"
      And Cora's Okta profile says what HR says
      And every change to Cora's access was ordered by SailPoint and made once by its connector
      And a further processing cycle changes nothing for Cora
      And nobody else's access has changed

      Examples:
        | from        | to      | site |
        | Sales       | Finance | NYC  |
        | Engineering | Support | BLR  |
        | Finance     | Sales   | BER  |
