"""A pretend video service that speaks the OpenAI Videos dialect, for the demo and for tests.

`VideoHost(...).application()` is mounted at `/video/openai`, so a client's base address ends in `/video/openai/v1`.
`gemini.GeminiHost` is one that speaks Google's Interactions API, at `/video/gemini` (`/video/gemini/v1beta`).
`openrouter.OpenRouterHost` speaks OpenRouter's dialect, at `/video/openrouter` (`/video/openrouter/api/v1`).
`comfyui.ComfyUIHost` speaks ComfyUI's own API, at `/video/comfyui`.
`fal.FalHost` is fal's queue, at `/video/fal`.
`replicate.ReplicateHost` speaks Replicate's, at `/video/replicate` (`/video/replicate/v1`).
`xai.XaiHost` speaks xAI's API, at `/video/xai` (`/video/xai/v1`).
It imports nothing of Kinora's: it is the outside world.
"""
