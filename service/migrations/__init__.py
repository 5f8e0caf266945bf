"""Forward-only migrations, numbered as they land; tests build their database by running them."""
