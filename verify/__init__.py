"""The semantics: models, what each word means in them, and the decisions about claims."""
