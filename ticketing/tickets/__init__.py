"""The right of entry in the visitor's hand: signed codes, QR, PDF."""
