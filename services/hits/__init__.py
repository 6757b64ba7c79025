"""What watching brought: alerts, the hits that they fold into, and what came of them."""
