"""Pure readers: what AWS answers -> snapshot values."""
