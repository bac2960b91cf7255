"""Reference pictures: from an untrusted file to exact pixels."""
