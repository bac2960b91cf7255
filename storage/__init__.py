"""What is kept: jobs, money, messages and rules in one SQL database, and finished files."""

from storage.without_orm import keep_out_the_orm

keep_out_the_orm()
