"""Who was there: lists to sign, signatures, logs."""
