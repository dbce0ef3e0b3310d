"""The outbound client: which addresses flows may reach, how requests are sent, and how connections sign in."""
