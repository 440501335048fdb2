"""Contracts and the one stage loop; knows no service."""
