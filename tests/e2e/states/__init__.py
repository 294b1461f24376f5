"""States of a hall as the wire carries them, for the pages' tests and pictures: every figure is made up here."""
