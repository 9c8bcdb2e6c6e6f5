"""The settings by what they are about; `mild.config.settings` puts them together."""
