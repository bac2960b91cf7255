"""A simulated video service with the OpenAI Videos dialect, for the demo and for tests.

`VideoHost(...).application()` is mounted at `/video/openai`, so a client's base address ends in `/video/openai/v1`.
`gemini.GeminiHost` has Google's Interactions API, at `/video/gemini` (`/video/gemini/v1beta`).
`openrouter.OpenRouterHost` has OpenRouter's API, at `/video/openrouter` (`/video/openrouter/api/v1`).
`comfyui.ComfyUIHost` has ComfyUI's own API, at `/video/comfyui`.
`fal.FalHost` has fal's queue, at `/video/fal`.
`replicate.ReplicateHost` has Replicate's API, at `/video/replicate` (`/video/replicate/v1`).
`xai.XaiHost` has xAI's API, at `/video/xai` (`/video/xai/v1`).
It imports nothing from Kinora: it is the outside world.
"""
