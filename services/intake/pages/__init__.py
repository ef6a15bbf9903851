"""The pages of intake: assessment, result, and what is told about both."""
