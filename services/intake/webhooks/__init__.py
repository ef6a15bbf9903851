"""Results pushed to an organisation's own address, as Standard Webhooks (standardwebhooks.com, version 1)."""
