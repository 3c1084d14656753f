"""Which sentences of which stories are held against each other, and what stands around each pair; in whole arrays."""
