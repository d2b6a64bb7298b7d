"""What Belfry costs: each figure measured beside the ones that people compare it with."""
