"""Mail: handed to one SMTP server over TLS, and mail that came back read from a folder."""
