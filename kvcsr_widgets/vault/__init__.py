"""The only room that knows the Azure SDK: our plan in, our dataclasses out, our errors."""
