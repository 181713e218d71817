"""A registration's own pages: whoever has the link sees, changes, withdraws and takes things along."""
