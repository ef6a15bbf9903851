"""Who answers for a person's data: an organisation for its employees, who decides while the operator carries out."""
