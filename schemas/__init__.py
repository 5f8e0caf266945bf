"""The wire: marshmallow schemas, one module per context. A leaf; another team could vendor it."""
