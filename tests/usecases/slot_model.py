"""What the rules say of one flow in a few workspaces, as plain values: the model that the state machine compares with.

Each method says what becomes of a deed, `done` or the code of its refusal, and changes the model if it is done.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flowslot.domain.slots import Slot

DONE = "done"
Content = tuple[int, bool]
"""A value, and whether the version needs the configuration value `limit`."""


@dataclass
class Saved:
    content: Content
    workspace: str
    staged: bool = False
    discarded: bool = False

    @property
    def live(self) -> bool:
        return not self.staged and not self.discarded


@dataclass
class Here:
    active: bool = True
    limit: bool = False
    on_staging: bool = False


@dataclass
class Before:
    """What an undo brings back."""

    main: int | None
    staging: int
    on_staging: frozenset[str]


@dataclass
class Model:
    """The flow."""

    revision: int = 1
    main: int | None = None
    staging: int | None = None
    versions: list[Saved] = field(default_factory=list)
    here: dict[str, Here] = field(default_factory=dict)
    undo: Before | None = None
    """What the latest change of slots can give back, if it was a promotion."""

    def save(self, workspace: str, content: Content, *, stale: bool) -> str:
        if stale or workspace not in self.here:
            return "revision_conflict" if stale else "not_found"
        self.versions.append(Saved(content, workspace))
        self.revision += 1
        return DONE

    def stage(self, workspace: str, content: Content, *, stale: bool) -> str:
        if stale or workspace not in self.here:
            return "revision_conflict" if stale else "not_found"
        if not self._fits(content, {workspace} | self.who_is_on_staging()):
            return "validation_failed"
        number = self._saved_last(workspace, content)
        if number is None:
            self.versions.append(Saved(content, workspace))
            number = len(self.versions)
        return self._staged(workspace, number)

    def restore(self, workspace: str, number: int) -> str:
        if workspace not in self.here or number > len(self.versions):
            return "not_found"
        if not self._fits(self.versions[number - 1].content, {workspace} | self.who_is_on_staging()):
            return "validation_failed"
        return self._staged(workspace, number)

    def promote(self, workspace: str, *, stale: bool) -> str:
        if workspace not in self.here:
            return "not_found"
        if stale:
            return "revision_conflict"
        if self.staging is None:
            return "nothing_staged"
        if any(number > self.staging for number in self.live_drafts(workspace)):
            return "unsaved_changes"
        if not self._fits(self.versions[self.staging - 1].content, self.who_is_on_staging()):
            return "validation_failed"
        self._slots_moved(undo=Before(self.main, self.staging, frozenset(self.who_is_on_staging())))
        self.main = self.staging
        self._empty()
        return DONE

    def take_back(self) -> str:
        if self.undo is None:
            return "not_the_latest_change"
        back = self.undo
        self._slots_moved()
        self.main, self.staging = back.main, back.staging
        for slug, here in self.here.items():
            here.on_staging = slug in back.on_staging
        return DONE

    def revert(self, workspace: str) -> str:
        if workspace not in self.here:
            return "not_found"
        if self.main is None:
            return "no_main_version"
        drafts = self.live_drafts(workspace)
        for number in drafts:
            self.versions[number - 1].discarded = True
        if self.staging is not None:
            self._slots_moved()
            self._empty()
        elif drafts:
            self.revision += 1
        return DONE

    def put(self, workspace: str, slot: Slot) -> str:
        if workspace not in self.here:
            return "not_found"
        if (self.staging if slot is Slot.STAGING else self.main) is None:
            return "nothing_staged" if slot is Slot.STAGING else "no_main_version"
        here = self.here[workspace]
        if here.on_staging == (slot is Slot.STAGING):
            return DONE
        if slot is Slot.STAGING:
            assert self.staging is not None
            if not self._fits(self.versions[self.staging - 1].content, {workspace} | self.who_is_on_staging()):
                return "validation_failed"
        self._slots_moved()
        here.on_staging = slot is Slot.STAGING
        return DONE

    def register(self, workspace: str) -> str:
        if workspace in self.here:
            return "already_registered"
        self.here[workspace] = Here()
        return DONE

    def unregister(self, workspace: str) -> str:
        if workspace not in self.here:
            return "not_found"
        del self.here[workspace]
        if self.undo is not None:
            self.undo.on_staging -= {workspace}
        return DONE

    def fill_in(self, workspace: str, *, active: bool, limit: bool) -> str:
        if workspace not in self.here:
            return "not_found"
        here = self.here[workspace]
        here.active, here.limit = active, limit
        return DONE

    def who_is_on_staging(self) -> set[str]:
        return {slug for slug, here in self.here.items() if here.on_staging}

    def live_drafts(self, workspace: str) -> list[int]:
        numbered = enumerate(self.versions, start=1)
        return [number for number, saved in numbered if saved.live and saved.workspace == workspace]

    def runs(self, workspace: str) -> int | None:
        return self.staging if self.here[workspace].on_staging else self.main

    def _staged(self, workspace: str, number: int) -> str:
        saved = self.versions[number - 1]
        saved.staged, saved.discarded = True, False
        self._slots_moved()
        self.staging = number
        self.here[workspace].on_staging = True
        return DONE

    def _saved_last(self, workspace: str, content: Content) -> int | None:
        """R2: the newest version of this workspace, the staged one or the latest, unless a draft came after it."""
        numbered = list(enumerate(self.versions, start=1))
        own = [number for number, saved in numbered if saved.workspace == workspace]
        newest_draft = max(self.live_drafts(workspace), default=0)
        for number in [*own[-1:], *filter(None, (self.staging, len(numbered)))]:
            saved = self.versions[number - 1]
            if saved.content == content and not saved.discarded and number >= newest_draft:
                return number
        return None

    def _fits(self, content: Content, workspaces: set[str]) -> bool:
        return not content[1] or all(self.here[slug].limit for slug in workspaces)

    def _slots_moved(self, *, undo: Before | None = None) -> None:
        self.revision += 1
        self.undo = undo

    def _empty(self) -> None:
        self.staging = None
        for here in self.here.values():
            here.on_staging = False
