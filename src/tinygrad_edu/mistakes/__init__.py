"""What people get wrong, and the errors that say what to write: `options` of a wrong kind, names from `elsewhere`."""
