-- Whose commit an event came with, as JSON; none where the device's list of commits does not tell.
ALTER TABLE drift ADD COLUMN committed TEXT;
