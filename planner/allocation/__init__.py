"""Who gets which seat, by hand: proposals for visits, queues, places beyond what is full."""
