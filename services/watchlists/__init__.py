"""What is watched for: lists, their entries, who may see them, and where and when an entry counts."""
