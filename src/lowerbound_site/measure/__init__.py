"""What only measures and decides nothing: Lighthouse, the lowest versions, Material's successor."""
