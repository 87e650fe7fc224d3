from contextlib import contextmanager
class ProgressDisplay:
    def update(self, done, total_or_counts, counts=None): pass
@contextmanager
def show_progress(label, total=None):
    yield ProgressDisplay()
