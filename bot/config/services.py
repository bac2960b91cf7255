"""The settings of video services: a key and an address each, which define an account of that name."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.config.types import InAnyCase

OPENAI = "https://api.openai.com/v1"


class ServiceSettings(BaseSettings):
    """A service is on when its key is set."""

    model_config = SettingsConfigDict(defer_build=True)  # until the first use: only one of the subclasses has any

    openai_api_key: SecretStr | None = Field(
        None, description="Key for a server that speaks the OpenAI Videos dialect; setting it turns the provider on."
    )
    openai_base_url: str = Field(
        OPENAI,
        description="Address of that server: a gateway, or your own GPU machine. Required: the default is OpenAI's, "
        "which closed on 24 September 2026.",
    )
    openai_server: InAnyCase[str] = Field(
        "auto",
        description="What kind of server that is: `auto` detects it; or openai, litellm, bifrost, vllm-omni, sglang, "
        "new-api, saygm, fastvideo, dynamo, plain.",
    )
    gemini_api_key: SecretStr | None = Field(
        None, description="Key for Google's Gemini API, from a project with billing; setting it turns the provider on."
    )
    gemini_base_url: str = Field(
        "https://generativelanguage.googleapis.com/v1beta", description="Address of the Gemini API."
    )
    openrouter_api_key: SecretStr | None = Field(
        None, description="Key for OpenRouter, some thirty hosted models; setting it turns the provider on."
    )
    openrouter_base_url: str = Field("https://openrouter.ai/api/v1", description="Address of OpenRouter's API.")
    openrouter_webhook_secret: SecretStr | None = Field(
        None,
        description="Secret with which your OpenRouter workspace signs webhooks; needs HTTP_PORT and an https "
        "PUBLIC_URL.",
    )
    comfyui_api_key: SecretStr | None = Field(
        None, description="How to authenticate with your ComfyUI: `none`, a token, a header."
    )
    comfyui_base_url: str = Field("http://127.0.0.1:8188", description="Address of your ComfyUI.")
    fal_api_key: SecretStr | None = Field(None, description="Key for fal; setting it turns the provider on.")
    fal_base_url: str = Field("https://queue.fal.run", description="Address of fal's queue.")
    fal_webhooks: bool = Field(
        default=False,
        description="Whether fal calls when a video is done; needs HTTP_PORT and an https PUBLIC_URL.",
    )
    replicate_api_key: SecretStr | None = Field(
        None, description="Token for Replicate, with models from many vendors; setting it turns the provider on."
    )
    replicate_base_url: str = Field("https://api.replicate.com/v1", description="Address of Replicate's API.")
    replicate_webhook_secret: SecretStr | None = Field(
        None,
        description="Secret with which Replicate signs your webhooks (whsec_…); needs HTTP_PORT and an https "
        "PUBLIC_URL.",
    )
    xai_api_key: SecretStr | None = Field(
        None, description="Key for xAI, Grok Imagine; setting it turns the provider on."
    )
    xai_base_url: str = Field("https://api.x.ai/v1", description="Address of xAI's API.")
