"""Reference pictures: from a file nobody has vouched for to exact pixels."""
