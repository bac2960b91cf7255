"""The simulated servers with the OpenAI Videos dialect."""
