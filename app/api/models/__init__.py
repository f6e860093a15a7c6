"""What travels over HTTP: requests as the door takes them, answers as they are described."""
