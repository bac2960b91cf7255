"""What members may not order: the rules, the check before money is spent, blocks and appeals."""
