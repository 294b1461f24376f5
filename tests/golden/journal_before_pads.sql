BEGIN TRANSACTION;
CREATE TABLE announcement (
	branch TEXT NOT NULL, 
	date TEXT NOT NULL, 
	announcement_id BIGINT NOT NULL, 
	number TEXT NOT NULL, 
	counter TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	shown_at BIGINT, 
	spoken_at BIGINT, 
	is_unheard BOOLEAN NOT NULL, 
	PRIMARY KEY (branch, date, announcement_id)
)
 WITHOUT ROWID

;
INSERT INTO "announcement" VALUES('b1','2026-11-23',13,'A001','1',1795399333000,NULL,NULL,1);
INSERT INTO "announcement" VALUES('b1','2026-11-24',33,'A001','1',1795485842000,NULL,NULL,0);
CREATE TABLE call (
	branch TEXT NOT NULL, 
	date TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	number TEXT NOT NULL, 
	counter TEXT NOT NULL, 
	teller TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	policy TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	is_out_of_order BOOLEAN NOT NULL, 
	passed_over BIGINT NOT NULL, 
	PRIMARY KEY (branch, date, position)
)
 WITHOUT ROWID

;
INSERT INTO "call" VALUES('b1','2026-11-23',13,'A001','1','teller-1',1795399333000,'head-start-with-cap@1','policy',0,0);
INSERT INTO "call" VALUES('b1','2026-11-24',33,'A001','1','teller-1',1795485842000,'head-start-with-cap@1','policy',0,0);
CREATE TABLE command (
	branch TEXT NOT NULL, 
	command_id TEXT NOT NULL, 
	digest BLOB NOT NULL, 
	first_position BIGINT NOT NULL, 
	last_position BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (branch, command_id)
)
 WITHOUT ROWID

;
INSERT INTO "command" VALUES('b1','c1',X'31FE84F30F5B1BB90EE262889896B3A42AD2D2D021C4A03F11390DFD1836FB16',1,1,1795399200000);
INSERT INTO "command" VALUES('b1','c10',X'03F717A3CF590D7E698534F20F6658C261469DC2ECF0444A1B070C935D73C7F4',14,17,1795399336000);
INSERT INTO "command" VALUES('b1','c11',X'B86D320926DF9CBDA2F4BAC045C3785E976B6755411649896260FFDE71BCAAF2',18,18,1795399341000);
INSERT INTO "command" VALUES('b1','c12',X'6F34FB99ECA5BC5DD89FAAE264F6FA9404E911C60A8087815B1C7A69EE165663',19,19,1795399346000);
INSERT INTO "command" VALUES('b1','c13',X'74E8D4BCC2AC9F98D3E355646B4FA7ABD32F7AA0883AEDF7BCE76E0D75E54F71',20,20,1795399366000);
INSERT INTO "command" VALUES('b1','c14',X'E1C7437818EBB52660DFB3F0CA388DAA5F2B761EC9D67C3719884AD45E13E052',21,21,1795399426000);
INSERT INTO "command" VALUES('b1','c15',X'59A82D781DF40B065E2335504DF294FF3D73C1C0EAEFD5CB7676778B5FF563B1',22,23,1795399427000);
INSERT INTO "command" VALUES('b1','c16',X'7C8C8D76044CA46E597C30DBA0A346ED48C218B001946F7FECD76A6D4C3C0279',24,24,1795399427000);
INSERT INTO "command" VALUES('b1','c17',X'BF4DE8B67B3935951C332DD1851CF5CBA1240EEA1FC923CD64C351D3876FC583',25,26,1795399432000);
INSERT INTO "command" VALUES('b1','c18',X'F9B53EB8BA90DBDDEC1ED7ECFA2B8BCB8F2A53DFA3503754935E3127A8C103DF',27,31,1795485832000);
INSERT INTO "command" VALUES('b1','c19',X'B1241D784D6B443BFD154248E34E12049AEE9A358724E4C879CAEFA693E609A3',32,32,1795485832000);
INSERT INTO "command" VALUES('b1','c2',X'D4AE012433D1F549DFC54D2FE9682B869252D893103FEB2B22FE80CEEA4AE51B',2,2,1795399200000);
INSERT INTO "command" VALUES('b1','c20',X'9921B49B7F63A71572C6FF72D59A3DB77958B2A687A59A44BBCCA6161DF5B922',33,33,1795485842000);
INSERT INTO "command" VALUES('b1','c21',X'B86D320926DF9CBDA2F4BAC045C3785E976B6755411649896260FFDE71BCAAF2',34,34,1795485847000);
INSERT INTO "command" VALUES('b1','c22',X'E1C7437818EBB52660DFB3F0CA388DAA5F2B761EC9D67C3719884AD45E13E052',35,35,1795485907000);
INSERT INTO "command" VALUES('b1','c3',X'B1241D784D6B443BFD154248E34E12049AEE9A358724E4C879CAEFA693E609A3',3,4,1795399200000);
INSERT INTO "command" VALUES('b1','c4',X'F9B53EB8BA90DBDDEC1ED7ECFA2B8BCB8F2A53DFA3503754935E3127A8C103DF',5,5,1795399205000);
INSERT INTO "command" VALUES('b1','c5',X'7EB99E967FA5FEAA7934E951B1A60818BB5F81A36BBAD0832F9585B21D23DC4A',6,7,1795399207000);
INSERT INTO "command" VALUES('b1','c6',X'19BBB325F2CD61C6A224DE2ADE09447CE711FE9CC790B63882B30DAF4DD8D69C',8,9,1795399208000);
INSERT INTO "command" VALUES('b1','c7',X'A7ED1470B6F2F9CB91AF9BDF0566F7D2320D81FEDA89EA68E184F2DFF2D06BDC',10,11,1795399268000);
INSERT INTO "command" VALUES('b1','c8',X'3ADEB5E1A687E40271D0443D814B89142D76D5A8A0936F38F6DFE1AC53D5538A',12,12,1795399273000);
INSERT INTO "command" VALUES('b1','c9',X'9921B49B7F63A71572C6FF72D59A3DB77958B2A687A59A44BBCCA6161DF5B922',13,13,1795399333000);
CREATE TABLE counter_change (
	branch TEXT NOT NULL, 
	date TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	counter TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	change TEXT NOT NULL, 
	teller TEXT, 
	reason TEXT, 
	PRIMARY KEY (branch, date, position)
)
 WITHOUT ROWID

;
INSERT INTO "counter_change" VALUES('b1','2026-11-23',4,'1',1795399200000,'counter_opened','teller-1',NULL);
INSERT INTO "counter_change" VALUES('b1','2026-11-23',22,'1',1795399427000,'counter_paused','teller-1','lunch');
INSERT INTO "counter_change" VALUES('b1','2026-11-23',28,'1',1795485832000,'counter_closed','teller-1','');
INSERT INTO "counter_change" VALUES('b1','2026-11-24',32,'1',1795485832000,'counter_opened','teller-1',NULL);
CREATE TABLE day (
	branch TEXT NOT NULL, 
	date TEXT NOT NULL, 
	first_position BIGINT NOT NULL, 
	PRIMARY KEY (branch, date)
)
 WITHOUT ROWID

;
INSERT INTO "day" VALUES('b1','2026-11-23',3);
INSERT INTO "day" VALUES('b1','2026-11-24',30);
CREATE TABLE diversion (
	branch TEXT NOT NULL, 
	date TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	service TEXT NOT NULL, 
	device TEXT NOT NULL, 
	PRIMARY KEY (branch, date, position)
)
 WITHOUT ROWID

;
CREATE TABLE event (
	branch TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	type TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	by_id TEXT NOT NULL, 
	by_role TEXT NOT NULL, 
	command_id TEXT NOT NULL, 
	hash BLOB NOT NULL, 
	PRIMARY KEY (branch, position)
)
 WITHOUT ROWID

;
INSERT INTO "event" VALUES('b1',1,1795399200000,'device_reported',1,'{"device":"kiosk-1","kind":"kiosk","state":"online","fault":null,"detail":""}','kiosk-1','kiosk','c1',X'F885FE8342F35368A88D980C1E81F0FD21C03BB0A9FA34CEBF7A9EE460D7ADF8');
INSERT INTO "event" VALUES('b1',2,1795399200000,'device_reported',1,'{"device":"lobby-1","kind":"lobby_display","state":"online","fault":null,"detail":""}','lobby-1','lobby_display','c2',X'DDD762F7D0CDFA1B24B7A54C0756347FA7D82179B81B65F48E110D63AE6708DF');
INSERT INTO "event" VALUES('b1',3,1795399200000,'day_opened',1,'{"date":"2026-11-23","devices":[{"at":"2026-11-23T02:00:00.000Z","device":"kiosk-1","kind":"kiosk","state":"online","fault":null,"detail":""},{"at":"2026-11-23T02:00:00.000Z","device":"lobby-1","kind":"lobby_display","state":"online","fault":null,"detail":""}],"notices":[],"incidents":[]}','teller-1','teller','c3',X'B7273DE399502F011225D9BE4A8D19DED76B89D3CCA578205061311779D23542');
INSERT INTO "event" VALUES('b1',4,1795399200000,'counter_opened',1,'{"counter":"1","teller":"teller-1"}','teller-1','teller','c3',X'9BFCFEDA0593378B4830993F0B9313C45D2F45991523E50A071004724972F46A');
INSERT INTO "event" VALUES('b1',5,1795399205000,'ticket_issued',1,'{"number":"A001","sequence":1,"service":"cash","customer_class":"ordinary","link":"l1","language":"zh","ahead":0,"quote_lo_min":0,"quote_hi_min":5,"head_start_s":0,"job_id":"20261123-A001-1","kiosk":"kiosk-1","customer":null,"requeue_of":null}','kiosk-1','kiosk','c4',X'4953E697DC274A04DAAD0FD260FE3670FB530F3263D375B65D77945B54BC5125');
INSERT INTO "event" VALUES('b1',6,1795399207000,'print_reported',1,'{"number":"A001","job_id":"20261123-A001-1","state":"failed","cause":"paper_out","detail":"no paper"}','kiosk-1','kiosk','c5',X'B5CEC0FDEBEAA8C6C5E368F602DDF56FD262CE0E6C0978253E3ED818DA9E7E99');
INSERT INTO "event" VALUES('b1',7,1795399207000,'incident_opened',1,'{"incident_id":"I7","kind":"ticket_not_printed","cause":"paper_out","attribution":"device","severity":1,"severity_reasons":[],"number":"A001","counter":null,"teller":null,"announcements":[],"passed_over":[],"facts":[["service","cash"],["customer_class","ordinary"],["wait_ms","2000"],["way_ms","0"],["overtaken","0"],["misses","0"],["quote_hi_min","5"],["job_id","20261123-A001-1"],["print_state","failed"]],"note":"no paper"}','kiosk-1','kiosk','c5',X'085BE3B48B361E5E4D74CBB8828979D99731223EA54E50E53FA872C776D33BA6');
INSERT INTO "event" VALUES('b1',8,1795399208000,'device_reported',1,'{"device":"printer-1","kind":"ticket_printer","state":"fault","fault":"paper_out","detail":"no paper"}','kiosk-1','kiosk','c6',X'0121D4D905C7463C9A287E7297ABB681BC471907F065D4240AD390B3C2FC6760');
INSERT INTO "event" VALUES('b1',9,1795399208000,'incident_opened',1,'{"incident_id":"I9","kind":"device_fault","cause":"paper_out","attribution":"device","severity":2,"severity_reasons":[],"number":null,"counter":null,"teller":null,"announcements":[],"passed_over":[],"facts":[["device","printer-1"],["device_kind","ticket_printer"]],"note":"no paper"}','kiosk-1','kiosk','c6',X'FF8538CF03AF0ED8D5A08ADBE83BD5C925375F0B1B86E2ADDF2679D09EF5243C');
INSERT INTO "event" VALUES('b1',10,1795399268000,'device_reported',1,'{"device":"printer-1","kind":"ticket_printer","state":"online","fault":null,"detail":""}','kiosk-1','kiosk','c7',X'F2439AFA00886673E23CA4B06067A5D4CBB76613457560570E4C7F61D1ED38AC');
INSERT INTO "event" VALUES('b1',11,1795399268000,'incident_amended',1,'{"incident_id":"I9","note":"device_back"}','kiosk-1','kiosk','c7',X'387EF859A18804AE8C2F0673D07360BAD052B402F2AF76CC86B97A26FC4B4930');
INSERT INTO "event" VALUES('b1',12,1795399273000,'ticket_issued',1,'{"number":"B001","sequence":2,"service":"account","customer_class":"ordinary","link":"l2","language":"zh","ahead":1,"quote_lo_min":0,"quote_hi_min":10,"head_start_s":0,"job_id":"20261123-B001-1","kiosk":"kiosk-1","customer":null,"requeue_of":null}','kiosk-1','kiosk','c8',X'C563B6BDE0031534F1B06A6F3DB5F415273AECB6DF91ECF069DA4FCBDF751106');
INSERT INTO "event" VALUES('b1',13,1795399333000,'ticket_called',1,'{"number":"A001","counter":"1","teller":"teller-1","policy":"head-start-with-cap@1","reason":"policy","passed_over":[],"is_out_of_order":false}','teller-1','teller','c9',X'D2A8B9FFB6A880E1A85A239C515B73A54D351F1948247662F9800D6B4A20452F');
INSERT INTO "event" VALUES('b1',14,1795399336000,'print_reported',1,'{"number":"B001","job_id":"20261123-B001-1","state":"unknown","cause":"no_report","detail":""}','system','system','c10',X'9A1B663E92CF384B3E074F62E4D525F7F1219ED5E4F8E77E92D479D0DE0CED69');
INSERT INTO "event" VALUES('b1',15,1795399336000,'incident_opened',1,'{"incident_id":"I15","kind":"ticket_not_printed","cause":"no_report","attribution":"device","severity":1,"severity_reasons":[],"number":"B001","counter":null,"teller":null,"announcements":[],"passed_over":[],"facts":[["service","account"],["customer_class","ordinary"],["wait_ms","63000"],["way_ms","0"],["overtaken","0"],["misses","0"],["quote_hi_min","10"],["job_id","20261123-B001-1"],["print_state","unknown"]],"note":""}','system','system','c10',X'8DD82B02583BF88DA123CA6B5661F75F3E9D8D0DD748B891028C1FD7C6CDC081');
INSERT INTO "event" VALUES('b1',16,1795399336000,'call_unheard',1,'{"announcement_id":13,"number":"A001","counter":"1"}','system','system','c10',X'37AF73BD48D59C7B3516B447ED140F197632CC208717D0EBACB11449E7FE7050');
INSERT INTO "event" VALUES('b1',17,1795399336000,'incident_opened',1,'{"incident_id":"I17","kind":"unheard_call","cause":"not_shown","attribution":"device","severity":2,"severity_reasons":["unheard_call"],"number":"A001","counter":"1","teller":"teller-1","announcements":[{"announcement_id":13,"at":"2026-11-23T02:02:13.000Z","shown_at":null,"spoken_at":null,"is_unheard":true}],"passed_over":[],"facts":[["service","cash"],["customer_class","ordinary"],["wait_ms","128000"],["way_ms","3000"],["overtaken","0"],["misses","0"],["quote_hi_min","5"],["announcement_id","13"]],"note":""}','system','system','c10',X'BCFB809A8D92180189D81AB90C79EC3E3422CBB83A1183CA701361D743DA244F');
INSERT INTO "event" VALUES('b1',18,1795399341000,'service_started',1,'{"number":"A001","counter":"1","teller":"teller-1","service":"cash","amount_band":null,"limit_s":300,"standard_version":"2026-1","was_called":true,"passed_over":[]}','teller-1','teller','c11',X'BECA782D4A25FF6AA25DE82A4BEA1C009A293C4466F2E7387FB2696CFC1EED25');
INSERT INTO "event" VALUES('b1',19,1795399346000,'seat_left',1,'{"number":"A001","counter":"1","device":"copier"}','teller-1','teller','c12',X'0D864668A4C41BC579D838BFC6AB035D09E87D0AEF785F20F1F9A08B4D906188');
INSERT INTO "event" VALUES('b1',20,1795399366000,'seat_taken',1,'{"number":"A001","counter":"1"}','teller-1','teller','c13',X'42A43F864515B8F9C7C4B79CD4E7E4C8CD45119D9B7D132686864CE54EE4609A');
INSERT INTO "event" VALUES('b1',21,1795399426000,'service_finished',1,'{"number":"A001","counter":"1","teller":"teller-1"}','teller-1','teller','c14',X'23B65DE0085C0C88BE93F0D21976B9EB68A1140957D929E9E830E8FFE5A0ED51');
INSERT INTO "event" VALUES('b1',22,1795399427000,'counter_paused',1,'{"counter":"1","teller":"teller-1","reason":"lunch","is_consented":false,"left_waiting":"B001"}','teller-1','teller','c15',X'38E2F1F723FBF0481DA87C6489B7D20DD9D1DC504964906B40A9299A82C46698');
INSERT INTO "event" VALUES('b1',23,1795399427000,'incident_opened',1,'{"incident_id":"I23","kind":"counter_paused_on_customer","cause":"next_in_line","attribution":"teller","severity":1,"severity_reasons":[],"number":"B001","counter":"1","teller":"teller-1","announcements":[],"passed_over":[],"facts":[["service","account"],["customer_class","ordinary"],["wait_ms","154000"],["way_ms","0"],["overtaken","0"],["misses","0"],["quote_hi_min","10"],["how","paused"],["is_consented","False"]],"note":"lunch"}','teller-1','teller','c15',X'1EFD6695CFC0C123205DA33F844B686324366F822AEBCC8BE92BDA666F6194EB');
INSERT INTO "event" VALUES('b1',24,1795399427000,'notice_posted',1,'{"notice_id":"20261123-n1","zh":"公告","en":"notice"}','wang','lobby_manager','c16',X'5E9A25E150D2CFA3CA842DD57BF0670AE9FBE97C9B69CF42B42205681FB582EE');
INSERT INTO "event" VALUES('b1',25,1795399432000,'device_reported',1,'{"device":"lobby-1","kind":"lobby_display","state":"offline","fault":"no_connection","detail":""}','lobby-1','lobby_display','c17',X'90B71C53ABD78BEC11AEAE328A66E927C6401992B7BA3327FB0F4317BC0F2491');
INSERT INTO "event" VALUES('b1',26,1795399432000,'incident_opened',1,'{"incident_id":"I26","kind":"device_fault","cause":"no_connection","attribution":"device","severity":2,"severity_reasons":[],"number":null,"counter":null,"teller":null,"announcements":[],"passed_over":[],"facts":[["device","lobby-1"],["device_kind","lobby_display"]],"note":""}','lobby-1','lobby_display','c17',X'EE8072F782FDB5962AA5CEEC7A6AEE8A70FD75E58135502C7590AE9EC63A776C');
INSERT INTO "event" VALUES('b1',27,1795485832000,'ticket_expired',1,'{"number":"B001","reason":"day_end"}','kiosk-1','kiosk','c18',X'CCE2D72E8A595EFD5256FFC611961A3CC2F1AAB9A77FC23E591A55B854AAAA3A');
INSERT INTO "event" VALUES('b1',28,1795485832000,'counter_closed',1,'{"counter":"1","teller":"teller-1","reason":"","left_waiting":null}','kiosk-1','kiosk','c18',X'1CD19B29E8EFCF0A874336AB8CEBFF67FE33D89073EDDA714342096C11FA051F');
INSERT INTO "event" VALUES('b1',29,1795485832000,'day_closed',1,'{"reason":"next_day"}','kiosk-1','kiosk','c18',X'8C04BD4C8C18BCA80F3F31F8C4CB74E58D1194AB2EACBEFA8F408F322FC64FE8');
INSERT INTO "event" VALUES('b1',30,1795485832000,'day_opened',1,'{"date":"2026-11-24","devices":[{"at":"2026-11-23T02:00:00.000Z","device":"kiosk-1","kind":"kiosk","state":"online","fault":null,"detail":""},{"at":"2026-11-23T02:03:52.000Z","device":"lobby-1","kind":"lobby_display","state":"offline","fault":"no_connection","detail":""},{"at":"2026-11-23T02:01:08.000Z","device":"printer-1","kind":"ticket_printer","state":"online","fault":null,"detail":""}],"notices":[{"at":"2026-11-23T02:03:47.000Z","notice_id":"20261123-n1","zh":"公告","en":"notice"}],"incidents":[{"device":"lobby-1","opened":{"at":"2026-11-23T02:03:52.000Z","incident_id":"I26","kind":"device_fault","cause":"no_connection","attribution":"device","severity":2,"severity_reasons":[],"number":null,"counter":null,"teller":null,"announcements":[],"passed_over":[],"facts":[["device","lobby-1"],["device_kind","lobby_display"]],"note":""},"amendments":[]}]}','kiosk-1','kiosk','c18',X'DA4A806C005BE7EC839650BF79A1053E662D153B1AA37EFFA8670D856D535F46');
INSERT INTO "event" VALUES('b1',31,1795485832000,'ticket_issued',1,'{"number":"A001","sequence":1,"service":"cash","customer_class":"ordinary","link":"l3","language":"zh","ahead":0,"quote_lo_min":null,"quote_hi_min":null,"head_start_s":0,"job_id":"20261124-A001-1","kiosk":"kiosk-1","customer":null,"requeue_of":null}','kiosk-1','kiosk','c18',X'790C29673002DDF0D8298673C5C087355569443ED5A8FC96C00EECEECADCF1B9');
INSERT INTO "event" VALUES('b1',32,1795485832000,'counter_opened',1,'{"counter":"1","teller":"teller-1"}','teller-1','teller','c19',X'27EEDC91FF124A06D690030227DB6AB9AE6D4F729A0D44F95C48B36130B728FF');
INSERT INTO "event" VALUES('b1',33,1795485842000,'ticket_called',1,'{"number":"A001","counter":"1","teller":"teller-1","policy":"head-start-with-cap@1","reason":"policy","passed_over":[],"is_out_of_order":false}','teller-1','teller','c20',X'4878A597DE970F05133A3DE1372E6D5C31B4F306E843437B240D8B5B118D2C44');
INSERT INTO "event" VALUES('b1',34,1795485847000,'service_started',1,'{"number":"A001","counter":"1","teller":"teller-1","service":"cash","amount_band":null,"limit_s":300,"standard_version":"2026-1","was_called":true,"passed_over":[]}','teller-1','teller','c21',X'EF0769366B192B4B7D8E47388BED7489813982343EAE02A9F55B29C204F430FB');
INSERT INTO "event" VALUES('b1',35,1795485907000,'service_finished',1,'{"number":"A001","counter":"1","teller":"teller-1"}','teller-1','teller','c22',X'AFA9CC5421A21D679E7A33CBA21FC0DFE600C9223E0D36BF8FA9CECC7D4E72F5');
CREATE TABLE incident (
	branch TEXT NOT NULL, 
	incident_id TEXT NOT NULL, 
	date TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	cause TEXT NOT NULL, 
	attribution TEXT NOT NULL, 
	severity INTEGER NOT NULL, 
	severity_reasons TEXT NOT NULL, 
	opened_at BIGINT NOT NULL, 
	number TEXT, 
	counter TEXT, 
	teller TEXT, 
	note TEXT NOT NULL, 
	amendments TEXT NOT NULL, 
	PRIMARY KEY (branch, incident_id)
)
 WITHOUT ROWID

;
INSERT INTO "incident" VALUES('b1','I15','2026-11-23','ticket_not_printed','no_report','device',1,'[]',1795399336000,'B001',NULL,NULL,'','[]');
INSERT INTO "incident" VALUES('b1','I17','2026-11-23','unheard_call','not_shown','device',2,'["unheard_call"]',1795399336000,'A001','1','teller-1','','[]');
INSERT INTO "incident" VALUES('b1','I23','2026-11-23','counter_paused_on_customer','next_in_line','teller',1,'[]',1795399427000,'B001','1','teller-1','lunch','[]');
INSERT INTO "incident" VALUES('b1','I26','2026-11-23','device_fault','no_connection','device',2,'[]',1795399432000,NULL,NULL,NULL,'','[]');
INSERT INTO "incident" VALUES('b1','I7','2026-11-23','ticket_not_printed','paper_out','device',1,'[]',1795399207000,'A001',NULL,NULL,'no paper','[]');
INSERT INTO "incident" VALUES('b1','I9','2026-11-23','device_fault','paper_out','device',2,'[]',1795399208000,NULL,NULL,NULL,'no paper','["device_back"]');
CREATE TABLE overtaking (
	branch TEXT NOT NULL, 
	date TEXT NOT NULL, 
	number TEXT NOT NULL, 
	"index" BIGINT NOT NULL, 
	"by" TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (branch, date, number, "index")
)
 WITHOUT ROWID

;
CREATE TABLE schema (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema" VALUES(1);
CREATE TABLE slip (
	branch TEXT NOT NULL, 
	date TEXT NOT NULL, 
	job_id TEXT NOT NULL, 
	number TEXT NOT NULL, 
	kiosk TEXT NOT NULL, 
	asked_at BIGINT NOT NULL, 
	is_reprint BOOLEAN NOT NULL, 
	state TEXT NOT NULL, 
	cause TEXT, 
	PRIMARY KEY (branch, date, job_id)
)
 WITHOUT ROWID

;
INSERT INTO "slip" VALUES('b1','2026-11-23','20261123-A001-1','A001','kiosk-1',1795399205000,0,'failed','paper_out');
INSERT INTO "slip" VALUES('b1','2026-11-23','20261123-B001-1','B001','kiosk-1',1795399273000,0,'unknown','no_report');
INSERT INTO "slip" VALUES('b1','2026-11-24','20261124-A001-1','A001','kiosk-1',1795485832000,0,'pending',NULL);
CREATE TABLE ticket (
	branch TEXT NOT NULL, 
	date TEXT NOT NULL, 
	number TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	service TEXT NOT NULL, 
	last_service TEXT NOT NULL, 
	customer_class TEXT NOT NULL, 
	kiosk TEXT, 
	requeue_of TEXT, 
	issued_at BIGINT NOT NULL, 
	ahead BIGINT NOT NULL, 
	quote_lo_min BIGINT, 
	quote_hi_min BIGINT, 
	state TEXT NOT NULL, 
	reason TEXT, 
	first_called_at BIGINT, 
	started_at BIGINT, 
	closed_at BIGINT, 
	counter TEXT, 
	teller TEXT, 
	to_first_call_ms BIGINT, 
	wait_ms BIGINT NOT NULL, 
	way_ms BIGINT NOT NULL, 
	service_ms BIGINT NOT NULL, 
	hold_ms BIGINT NOT NULL, 
	seat_away_ms BIGINT NOT NULL, 
	wrap_up_ms BIGINT NOT NULL, 
	announced BIGINT NOT NULL, 
	unheard BIGINT NOT NULL, 
	misses BIGINT NOT NULL, 
	overtaken BIGINT NOT NULL, 
	is_device_affected BOOLEAN NOT NULL, 
	PRIMARY KEY (branch, date, number)
)
 WITHOUT ROWID

;
INSERT INTO "ticket" VALUES('b1','2026-11-23','A001',1,'cash','cash','ordinary','kiosk-1',NULL,1795399205000,0,0,5,'served',NULL,1795399333000,1795399341000,1795399426000,'1','teller-1',128000,128000,8000,65000,0,20000,0,1,1,0,0,1);
INSERT INTO "ticket" VALUES('b1','2026-11-23','B001',2,'account','account','ordinary','kiosk-1',NULL,1795399273000,1,0,10,'expired','day_end',NULL,NULL,1795485832000,NULL,NULL,NULL,86559000,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "ticket" VALUES('b1','2026-11-24','A001',1,'cash','cash','ordinary','kiosk-1',NULL,1795485832000,0,NULL,NULL,'served',NULL,1795485842000,1795485847000,1795485907000,'1','teller-1',10000,10000,5000,60000,0,0,0,1,0,0,0,0);
CREATE TABLE visit_transaction (
	branch TEXT NOT NULL, 
	date TEXT NOT NULL, 
	number TEXT NOT NULL, 
	"index" BIGINT NOT NULL, 
	service TEXT NOT NULL, 
	amount_band TEXT, 
	counter TEXT NOT NULL, 
	teller TEXT NOT NULL, 
	started_at BIGINT NOT NULL, 
	finished_at BIGINT, 
	spent_ms BIGINT NOT NULL, 
	seat_away_ms BIGINT NOT NULL, 
	limit_s BIGINT, 
	standard_version TEXT, 
	is_over BOOLEAN NOT NULL, 
	PRIMARY KEY (branch, date, number, "index")
)
 WITHOUT ROWID

;
INSERT INTO "visit_transaction" VALUES('b1','2026-11-23','A001',0,'cash',NULL,'1','teller-1',1795399341000,1795399426000,85000,20000,300,'2026-1',0);
INSERT INTO "visit_transaction" VALUES('b1','2026-11-24','A001',0,'cash',NULL,'1','teller-1',1795485847000,1795485907000,60000,0,300,'2026-1',0);
CREATE INDEX ix_incident_date ON incident (branch, date);
COMMIT;
