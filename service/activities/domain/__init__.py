"""The rules of activities: how a partner's file is read, checked and decided, line by line."""
