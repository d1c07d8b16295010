CREATE TABLE `machine_peaks` (
	`machine_fingerprint` text NOT NULL,
	`provider` text NOT NULL,
	`threads` integer NOT NULL,
	`measured_at` text NOT NULL,
	`record` text NOT NULL,
	PRIMARY KEY(`machine_fingerprint`, `provider`, `threads`)
) STRICT;

CREATE TABLE `profiles` (
	`id` text PRIMARY KEY NOT NULL,
	`cell_id` text,
	`model` text NOT NULL,
	`plan` text NOT NULL,
	`label` text NOT NULL,
	`device_share` real NOT NULL,
	`host_to_host_ns` real NOT NULL,
	`overhead` real NOT NULL,
	`created_at` text NOT NULL,
	`machine_sha256` text NOT NULL,
	`record` text NOT NULL,
	FOREIGN KEY (`cell_id`) REFERENCES `cells`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`machine_sha256`) REFERENCES `machines`(`sha256`) ON UPDATE no action ON DELETE no action
) STRICT;

CREATE INDEX `profiles_by_model` ON `profiles` (`model`,`id`);
CREATE INDEX `profiles_by_cell` ON `profiles` (`cell_id`,`id`);
CREATE INDEX `profiles_by_machine` ON `profiles` (`machine_sha256`);
