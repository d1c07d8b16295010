CREATE TABLE `telemetry` (
	`cell_id` text NOT NULL,
	`process` integer NOT NULL,
	`n` integer NOT NULL,
	`sensors` text NOT NULL,
	`encoding` integer NOT NULL,
	`data` blob NOT NULL,
	PRIMARY KEY(`cell_id`, `process`),
	FOREIGN KEY (`cell_id`) REFERENCES `cells`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
