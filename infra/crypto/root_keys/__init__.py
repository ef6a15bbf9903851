"""What may hold the root key: files, HashiCorp Vault, AWS KMS, a PKCS#11 token. One file each, behind one port."""
