"""What happens in a meeting: days, blocks, items, speakers, releases."""
