"""One ticket's life in words, Chinese and English: `tell` reads the journal, `sentences` says each event,
`vocabulary` has the words for codes.  Nothing here changes anything."""

from queue_server.story.tell import Line, story_of, tell

__all__ = ["Line", "story_of", "tell"]
