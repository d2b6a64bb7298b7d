"""The real servers that tests run against: each private, on this machine only, gone afterwards."""
